"""Sync workers for ratios: with threads and keep-alive, the figures fall into two groups."""

worker_class = "sync"
workers = 4
threads = 1
control_socket_disable = True
loglevel = "warning"
