"""What one more action does to the KPI, what is cheapest, and who rewards closing unpaid."""
