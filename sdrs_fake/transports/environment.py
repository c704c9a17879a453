"""Environment variables that point programs written for the cloud at a fake."""

import re
from collections.abc import Mapping
from os import PathLike, fspath
from urllib.parse import urlsplit

from sdrs_fake.auth.credentials import Identity
from sdrs_fake.errors import ParameterError, shown

PREFIXES = ("HUAWEICLOUD_SDK_", "OS_", "HW_")
"""Prefixes of what the official SDK, OpenStack's clients and Terraform's provider read."""

_REGION = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


def environment_variables(  # noqa: PLR0913 all that a program has to know of a fake
    url: str,
    project_id: str,
    identity: Identity,
    region: str,
    *,
    home: str | PathLike[str] | None,
    env: Mapping[str, str],
) -> dict[str, str]:
    """Build all variables; `env` is the environment that they are added to."""
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise ParameterError(
            "region", f"{shown(region)} should be the id of a region, such as cn-north-4"
        )
    if not isinstance(home, str | PathLike | None):
        raise ParameterError("home", f"{shown(home)} should be the path of a folder, or None")
    no_proxy = _no_proxy(url, env)
    variables = {
        **_sdk(url, project_id, identity, region),
        **_openstack(url, project_id, identity, region),
        **_terraform(url, project_id, identity, region),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }
    if home is not None:
        variables["HOME"] = fspath(home)
    return variables


def _sdk(url: str, project_id: str, identity: Identity, region: str) -> dict[str, str]:
    return {
        "HUAWEICLOUD_SDK_AK": identity.access_key,
        "HUAWEICLOUD_SDK_SK": identity.secret_key,
        "HUAWEICLOUD_SDK_PROJECT_ID": project_id,
        f"HUAWEICLOUD_SDK_REGION_SDRS_{region.replace('-', '_').upper()}": url,
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": url,
    }


def _openstack(url: str, project_id: str, identity: Identity, region: str) -> dict[str, str]:
    return {
        "OS_AUTH_URL": f"{url}/v3",
        "OS_IDENTITY_API_VERSION": "3",
        "OS_USERNAME": identity.user,
        "OS_PASSWORD": identity.password,
        "OS_USER_DOMAIN_NAME": identity.domain,
        "OS_PROJECT_DOMAIN_NAME": identity.domain,
        "OS_PROJECT_ID": project_id,
        "OS_PROJECT_NAME": region,
        "OS_REGION_NAME": region,
        "OS_SDRS_ENDPOINT_OVERRIDE": f"{url}/v1/{project_id}",
    }


def _terraform(url: str, project_id: str, identity: Identity, region: str) -> dict[str, str]:
    return {
        "HW_AUTH_URL": f"{url}/v3",
        "HW_REGION_NAME": region,
        "HW_ACCESS_KEY": identity.access_key,
        "HW_SECRET_KEY": identity.secret_key,
        "HW_PROJECT_ID": project_id,
        "HW_DOMAIN_ID": identity.domain_id,
        "HW_DOMAIN_NAME": identity.domain,
        "TF_VAR_sdrs_url": url,  # for the endpoints, which no variable of the provider sets
        "SKIP_CHECK_WEBSITE_TYPE": "true",  # else it asks the real bss.myhuaweicloud.com
        "SKIP_CHECK_UPGRADE": "true",
    }


def _no_proxy(url: str, env: Mapping[str, str]) -> str:
    """The hosts that need no proxy: those of before, and the fake's."""
    before = f"{env.get('no_proxy', '')},{env.get('NO_PROXY', '')}".split(",")
    hosts = [part.strip() for part in before]
    if "*" in hosts:
        return "*"
    hosts += [urlsplit(url).hostname or "", "127.0.0.1", "localhost"]
    return ",".join(dict.fromkeys(host for host in hosts if host))
