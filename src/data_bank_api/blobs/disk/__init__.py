"""The store on a disk: where blobs lie, and the order of writes that makes them durable."""
