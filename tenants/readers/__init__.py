"""One reader a format; they run only in the child process that `tenants.parsing` starts.

What they import is what the start of every child costs, so each library is imported by the one
reader that needs it.
"""
