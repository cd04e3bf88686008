"""What the thresholds do: scenarios, breakpoints, sensitivity and variants, exactly."""
