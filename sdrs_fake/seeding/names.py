"""Names of resources: after the systems they protect, or the service's own default."""

from random import Random

from sdrs_fake.domain.failure_jobs import ResourceType
from sdrs_fake.domain.ids import default_name

CHINESE_ONE_IN = 5

_SYSTEM = (
    *("erp", "crm", "oa", "mes", "wms", "scm", "plm", "hrm", "bi", "sso"),
    *("finance", "billing", "payment", "order", "inventory"),
    *("portal", "report", "mail", "ticket", "archive"),
)
_ROLE = ("db", "app", "web", "cache", "mq", "file", "job", "gw")
_STAGE = ("prod", "core", "dr", "uat")
_DISK = ("sys", "data", "log", "backup")

_SYSTEM_ZH = (
    *("核心", "财务", "订单", "支付", "人事", "办公"),
    *("仓储", "生产", "报表", "客服", "门户", "归档"),
)
_ROLE_ZH = ("数据库", "应用", "网关", "缓存", "文件", "中间件")
_DISK_ZH = ("系统盘", "数据盘", "日志盘")

_NUMBER = tuple(f"{number:02}" for number in range(1, 33))

Form = tuple[str, tuple[tuple[str, ...], ...]]

_ENGLISH: dict[ResourceType, Form] = {
    ResourceType.SERVER_GROUPS: ("%s-%s-pg-%s", (_SYSTEM, _STAGE, _NUMBER)),
    ResourceType.PROTECTED_INSTANCES: ("%s-%s-%s", (_SYSTEM, _ROLE, _NUMBER)),
    ResourceType.REPLICATIONS: ("%s-%s-%s-%s", (_SYSTEM, _ROLE, _NUMBER, _DISK)),
    ResourceType.DISASTER_RECOVERY_DRILLS: ("%s-drill-%s", (_SYSTEM, _NUMBER)),
}
_CHINESE: dict[ResourceType, Form] = {
    ResourceType.SERVER_GROUPS: ("%s系统保护组-%s", (_SYSTEM_ZH, _NUMBER)),
    ResourceType.PROTECTED_INSTANCES: ("%s%s-%s", (_SYSTEM_ZH, _ROLE_ZH, _NUMBER)),
    ResourceType.REPLICATIONS: ("%s%s-%s-%s", (_SYSTEM_ZH, _ROLE_ZH, _NUMBER, _DISK_ZH)),
    ResourceType.DISASTER_RECOVERY_DRILLS: ("%s容灾演练-%s", (_SYSTEM_ZH, _NUMBER)),
}


def drawn_name(source: Random, kind: ResourceType, resource_id: str, *, chinese: bool) -> str:
    """Draw the name of a resource; half of those that are not Chinese are the service's default."""
    if not chinese and source.getrandbits(1):
        return default_name(kind, resource_id)
    form, words = (_CHINESE if chinese else _ENGLISH)[kind]
    random = source.random
    return form % tuple([each[int(random() * len(each))] for each in words])
