"""Move a protection group to its other site, and protect it there: python switch_over.py ID target

Planned, the servers at the site that the group leaves have to be off. With --site-lost the group
fails over instead, and is not protected: run the script again without it when the site is back.
The script goes on where the group stands, also after a job that failed. The exit status is 1 if
the group is not where it should be.
"""

import argparse
import sys
from typing import Any

import httpx
from cloud import Sdrs, SdrsError, connect


def next_action(group: dict[str, Any], site: str, *, site_lost: bool) -> dict[str, Any] | None:
    """The body of the action that brings a group nearer to its place; None if it is there."""
    if group["priority_station"] != site:
        if site_lost:
            return {"failover-server-group": {}}
        return {"reverse-server-group": {"priority_station": site}}
    if group["status"] != "protected" and not site_lost:
        return {"start-server-group": {}}
    return None


def switch_over(sdrs: Sdrs, group_id: str, site: str, *, site_lost: bool) -> None:
    """Act until the group is in its place."""
    url = f"/server-groups/{group_id}"
    while True:
        group = sdrs.request("GET", url)["server_group"]
        print(f"{group['name']}: {group['status']}, production at {group['priority_station']}")
        action = next_action(group, site, site_lost=site_lost)
        if action is None:
            return
        sdrs.run("POST", f"{url}/action", action)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="move a protection group to its other site")
    parser.add_argument("group", metavar="id", help="id of the protection group")
    parser.add_argument("site", choices=["source", "target"], help="where production should be")
    parser.add_argument("--site-lost", action="store_true", help="fail over, and do not protect")
    args = parser.parse_args(arguments)
    try:
        with connect() as sdrs:
            switch_over(sdrs, args.group, args.site, site_lost=args.site_lost)
    except (SdrsError, httpx.HTTPError, TimeoutError) as error:
        print(f"not switched over: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
