"""The admin API below /_fake/: state, faults, journal and clock over HTTP."""
