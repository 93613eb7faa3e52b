"""What travels between client and service: values, their forms on the wire, no input or output."""
