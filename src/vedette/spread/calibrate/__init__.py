"""What the rates are in truth: learned from curves of counts, or from the times of hosts."""
