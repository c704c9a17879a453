"""The fake's time."""

import datetime as dt


class Clock:
    """Follows the system's time, so that freezing the process freezes the fake too."""

    def now(self) -> dt.datetime:
        """This moment, in UTC."""
        return dt.datetime.now(dt.UTC)
