"""What the end-to-end tests share: servers to start, pictures to show, clients to ask with."""
