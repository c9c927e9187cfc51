"""公示栏, the public board: what anybody may read without signing in.

It shows what the packages' reading functions disclose and holds no rule of its own.
"""
