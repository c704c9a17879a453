"""What the project promises of speed and size, measured beside a floor in the same run."""
