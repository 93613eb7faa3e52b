"""The store of the bytes: `store` says what one must do, `receive` is the only way in."""
