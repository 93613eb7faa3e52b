"""The service's commands. The client's `databank` finds them by the group `databank.commands`."""
