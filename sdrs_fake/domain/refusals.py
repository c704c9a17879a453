"""Refusals: the error responses that rules give, and the exception that carries one.

Codes and messages are those of the error-code tables. A refusal of the `gateway` has the body of
the API gateway, the others that of the service. One whose code is its status has no documented
code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error response: HTTP status, code, message, and which of the two bodies it has."""

    status: int
    code: str
    message: str
    gateway: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)

    def because(self, detail: str) -> "Refusal":
        """The same refusal with a cause after its message, as the gateway words it."""
        return replace(self, message=f"{self.message.rstrip('.')}: {detail}")

    def with_message(self, message: str) -> "Refusal":
        """The same refusal with another message, where no documented code fixes it."""
        return replace(self, message=message)

    def with_headers(self, **headers: str) -> "Refusal":
        return replace(self, headers={**self.headers, **headers})


class ApiError(Exception):
    """A request was refused. It is the only exception that is caught while a request is handled.

    `note` is for the journal alone: what the refusal does not say.
    """

    def __init__(self, refusal: Refusal, note: str = "") -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.note = note

    def __str__(self) -> str:
        return f"{self.refusal.status} {self.refusal.code}: {self.refusal.message}"


def require(condition: object, refusal: Refusal, note: str = "") -> None:
    """Refuse unless the condition holds."""
    if not condition:
        raise ApiError(refusal, note)


def not_implemented(operation: str) -> Refusal:
    """501 with a message that names the operation."""
    return NOT_IMPLEMENTED.with_message(f"{operation} is not implemented")


def found(value: Value | None, refusal: Refusal, note: str = "") -> Value:
    """The value, or the refusal where there is none."""
    if value is None:
        raise ApiError(refusal, note)
    return value


def _service(code: str, message: str) -> Refusal:
    return Refusal(400, code, message)


def _codeless(status: HTTPStatus) -> Refusal:
    return Refusal(status.value, str(status.value), status.phrase)


def _gateway(status: int, code: str, message: str, **headers: str) -> Refusal:
    return Refusal(status, code, message, gateway=True, headers=headers)


# The rules of the service
INVALID_PARAMETERS = _service("SDRS.0201", "Invalid request parameters")
INVALID_NAME = _service("SDRS.0202", "Invalid name")
INVALID_ZONE = _service("SDRS.0203", "Invalid AZ")
INVALID_VPC = _service("SDRS.0204", "Invalid VPC")
INVALID_DOMAIN = _service("SDRS.0205", "Invalid domain ID")
INVALID_ACTION = _service("SDRS.0206", "Invalid action")
INVALID_GROUP_ID = _service("SDRS.0207", "Invalid protection group ID")
INVALID_INSTANCE_ID = _service("SDRS.0208", "Invalid protected instance ID")
INCORRECT_STATUS = _service("SDRS.0209", "Incorrect status")
INVALID_SERVER_ID = _service("SDRS.0210", "Invalid server ID")
INVALID_DISK_ID = _service("SDRS.0211", "Invalid disk ID")
INVALID_DESCRIPTION = _service("SDRS.0212", "Invalid description")
INVALID_PAIR_ID = _service("SDRS.0213", "Invalid replication pair ID")
INCORRECT_PAIR_STATUS = _service("SDRS.0214", "Incorrect replication pair status")
INVALID_STATION = _service("SDRS.0216", "Invalid preferred AZ")
INVALID_DR_TYPE = _service("SDRS.0217", "Invalid DR drill type")
INVALID_CLUSTER_ID = _service("SDRS.0218", "Invalid cluster ID")
INVALID_IP_ADDRESS = _service("SDRS.0219", "Invalid IP address")
INVALID_LIMIT = _service("SDRS.0221", "limit value must be greater than 0 or less than 1000")
INVALID_OFFSET = _service("SDRS.0222", "offset value cannot be negative, and must be an integer")
INVALID_NIC_ID = _service("SDRS.0223", "Invalid NIC ID")
TOO_MANY_IDS = _service("SDRS.0226", "IDs exceed the upper limit")
INVALID_HOST_ID = _service("SDRS.0227", "Invalid dedicated_host_id.")
INVALID_TENANCY = _service("SDRS.0228", "Invalid tenancy value")
GROUP_QUOTA = _service("SDRS.0305", "Insufficient protection group quota")
PAIR_QUOTA = _service("SDRS.0306", "Insufficient replication pair quota")
GROUP_HAS_INSTANCE = _service(
    "SDRS.1001",
    "Protection group deletion not allowed due to a protected instance",
)
GROUP_STATUS = _service(
    "SDRS.1002",
    "Operation not allowed for the protection group in the current state",
)
GROUP_HAS_DRILL = _service("SDRS.1003", "Protection group deletion not allowed due to a DR drill")
GROUP_HAS_PAIR = _service(
    "SDRS.1010",
    "Protection group deletion not allowed due to a replication pair",
)
GROUP_NOT_FOUND = _service("SDRS.1013", "Protection group not found")
GROUP_NOT_AVAILABLE = _service(
    "SDRS.1024",
    "Operation not allowed because the protection group status not available or protected",
)
INSTANCE_STATION = _service(
    "SDRS.1025",
    "priority station value of the protection group is different from that of the "
    "protected instance",
)
PAIR_STATION = _service(
    "SDRS.1026",
    "priority station value of the protection group is different from that of the replication pair",
)
INSTANCE_STATUS = _service(
    "SDRS.1301",
    "Protected instance deletion not allowed in the current state",
)
SERVER_IN_USE = _service("SDRS.1305", "Server already used to create a protected instance")
NIC_NOT_FOUND = _service("SDRS.1310", "NIC not exist")
PRIMARY_NIC = _service("SDRS.1311", "Deleting the primary NIC not allowed")
INSTANCE_ABNORMAL = _service("SDRS.1314", "Abnormal protected instance")
INSTANCE_NOT_FOUND = _service("SDRS.1320", "Protected instance not found")
NIC_STATUS = _service(
    "SDRS.1327",
    "NIC-related operation not allowed for the protected instance state in the current state",
)
SERVER_NOT_AT_SOURCE = _service(
    "SDRS.1330",
    "Server at the current production site cannot be deleted because the current "
    "production site not the one specified when the protection group is created",
)
IP_ADDRESS_IN_USE = _service("SDRS.1334", "Private IP address in the subnet is in use")
EIP_NOT_AT_SOURCE = _service(
    "SDRS.1338",
    "Failed to delete the EIP of the current production site server because the "
    "current production site is not the one specified when the protection group is "
    "created",
)
TOO_MANY_NICS = _service(
    "SDRS.1340", "Number of NICs for one protected instance reaches the upper limit"
)
SAME_FLAVOR = _service("SDRS.1341", "Another flavor must be used for resizing")
INVALID_SERVER_IN_LIST = _service(
    "SDRS.1360", "servers configuration contains an invalid production site server ID"
)
DUPLICATE_SERVERS = _service(
    "SDRS.1361", "servers configuration contains a duplicate production site server ID"
)
TOO_MANY_SERVERS = _service(
    "SDRS.1362",
    "Number of production site servers in the servers configuration exceeds the upper limit",
)
DUPLICATE_INSTANCES = _service(
    "SDRS.1363", "protected_instances configuration contains a duplicate protected instance ID"
)
DIFFERENT_GROUPS = _service(
    "SDRS.1364",
    "protected_instances configuration contains IDs of protected instances from "
    "different protection groups",
)
INSTANCE_SHARES_PAIR = _service(
    "SDRS.1365",
    "Failed to delete the protected instance because a shared replication pair "
    "attached to this protected instance is attached to another protected instance",
)
HOST_WITHOUT_TENANCY = _service(
    "SDRS.1371",
    "dedicated_host_id cannot be specified when tenancy is set to shared",
)
NO_SYSTEM_DISK_PAIR = _service(
    "SDRS.1377",
    "Failed to modify the specifications because the protected instance does not have "
    "a replication pair containing system disks attached",
)
ADDRESS_WITHOUT_SUBNET = _service(
    "SDRS.1380",
    "primary_subnet_id must be specified when primary_ip_address is specified",
)
SHARING_INSTANCE_MISSING = _service(
    "SDRS.1409",
    "A protected instance with the shared replication pair attached is not in the deletion list",
)
PAIR_STATUS = _service("SDRS.1601", "Replication pair status not available")
DEVICE_IN_USE = _service(
    "SDRS.1603",
    "Replication pair attached or device name used to attach to a disk",
)
PAIR_NOT_ATTACHED = _service("SDRS.1604", "Replication pair not attached")
PAIR_ATTACHED = _service("SDRS.1605", "Replication pair attached")
PAIR_NOT_FOUND = _service("SDRS.1608", "Replication pair not found")
PAIR_IN_OTHER_GROUP = _service("SDRS.1611", "Replication pair not in the protection group")
PAIR_NOT_AT_SOURCE = _service(
    "SDRS.1809",
    "Operation not allowed because the current production site of the replication "
    "pair is the DR site specified when the protection group is created",
)
DISK_IN_USE = _service("SDRS.1811", "Disk already used by a replication pair")
PAIRS_SYNCHRONIZING = _service(
    "SDRS.1830",
    "Operation not allowed because replication pairs in this protection group are "
    "synchronizing data",
)
DRILL_NOT_FOUND = _service("SDRS.1902", "DR drill not found")
DRILL_IN_GROUP_VPC = _service(
    "SDRS.1907", "Drill VPC conflicts with the VPC of the protection group"
)
DRILL_STATUS = _service("SDRS.1913", "DR drill deletion not allowed in the current state")
DRILL_VPC_IN_USE = _service("SDRS.1921", "Drill VPC is already used for creating a DR drill")
INVALID_TAG_ACTION = _service("SDRS.2201", "action only create or delete")
NO_TAGS = _service("SDRS.2202", "Empty tag list")
TOO_MANY_TAGS = _service("SDRS.2203", "Number of tags exceeds the upper limit")
INVALID_TAG_KEY = _service("SDRS.2204", "Invalid tag key")
BLANK_TAG_KEY = _service("SDRS.2205", "Tag key is blank or an empty string")
TAG_NOT_FOUND = Refusal(404, "SDRS.2206", "Specified tag key is not found")
INVALID_TAG_VALUE = _service("SDRS.2207", "Invalid tag value")
NULL_TAG_VALUE = _service("SDRS.2208", "Null tag value")
DUPLICATE_TAG_KEYS = _service("SDRS.2209", "Tag parameter contains duplicate keys")
INVALID_QUERY_ACTION = _service("SDRS.2210", "action can be set to only filter or count")
PAGE_WITH_COUNT = _service(
    "SDRS.2211", "limit and offset are not supported when action is set to count"
)
NO_MATCHES = _service("SDRS.2212", "Empty matches parameter")
BLANK_MATCH_KEY = _service("SDRS.2213", "Empty key in the matches parameter")
INVALID_MATCH_KEY = _service("SDRS.2214", "Invalid key in the matches parameter")
DUPLICATE_MATCH_KEYS = _service("SDRS.2215", "Duplicate keys in the matches parameter")
NULL_MATCH_VALUE = _service("SDRS.2216", "Null value in the matches parameter")
INVALID_MATCH_VALUE = _service("SDRS.2217", "Invalid value in the matches parameter")
TOO_MANY_TAG_VALUES = _service("SDRS.2218", "Number of values exceeds the upper limit")
DUPLICATE_TAG_VALUES = _service("SDRS.2219", "Value list of the same key has duplicate values")
INVALID_TAG_LIMIT = _service(
    "SDRS.2220", "Minimum and maximum values of limit are 1 and 1000 respectively"
)
NULL_JOB = Refusal(404, "SDRS.0408", "Null job")
NULL_JOB_500 = Refusal(500, "SDRS.0408", "Null job")
NULL_JOB_400 = Refusal(400, "SDRS.0408", "Null job")
METHOD_NOT_ALLOWED = _codeless(HTTPStatus.METHOD_NOT_ALLOWED)
NOT_ACCEPTABLE = _codeless(HTTPStatus.NOT_ACCEPTABLE)
PROXY_AUTHENTICATION_REQUIRED = _codeless(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
REQUEST_TIMEOUT = _codeless(HTTPStatus.REQUEST_TIMEOUT)
CONFLICT = _codeless(HTTPStatus.CONFLICT)
INTERNAL_ERROR = Refusal(500, "SDRS.0013", "Internal error")
NOT_IMPLEMENTED = _codeless(HTTPStatus.NOT_IMPLEMENTED)
SERVICE_UNAVAILABLE = _codeless(HTTPStatus.SERVICE_UNAVAILABLE)

# The gateway in front of it
BAD_REQUEST = _gateway(400, "APIGW.0602", "Bad request.")
NOT_AUTHENTICATED = _gateway(401, "APIGW.0301", "Incorrect IAM authentication information.")
NOT_AUTHORIZED = _gateway(403, "APIGW.0302", "The IAM user is not authorized to access the API.")
PATH_NOT_FOUND = _gateway(
    404, "APIGW.0101", "The API does not exist or has not been published in the environment."
)
METHOD_NOT_FOUND = _gateway(404, "APIGW.0101", "The API does not exist.")
BODY_TOO_LARGE = _gateway(413, "APIGW.0201", "Request entity too large.")
URI_TOO_LARGE = _gateway(414, "APIGW.0201", "Request URI too large.")
THROTTLED = _gateway(
    429, "APIGW.0308", "The throttling threshold has been reached.", **{"Retry-After": "1"}
)
HEADERS_TOO_LARGE = _gateway(494, "APIGW.0201", "Request headers too large.")
BACKEND_UNAVAILABLE = _gateway(502, "APIGW.0201", "Backend unavailable.")
BACKEND_TIMEOUT = _gateway(504, "APIGW.0201", "Backend timeout.")

REFUSALS = tuple(value for value in list(vars().values()) if isinstance(value, Refusal))
"""Every refusal, in the order above."""
