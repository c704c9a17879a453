"""Activity: operations that happen by themselves, drawn from a seed."""
