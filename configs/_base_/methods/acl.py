"""ACL, the paper's method: the model and its optimiser (Sec. 4.2)."""

_base_ = ['../models/acl.py', '../schedules/adam.py']
