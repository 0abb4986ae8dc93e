"""What people's files hold: tables and stacks of examples, read whole and within limits."""
