"""ACL with the model and the optimiser of the authors' partial release."""

_base_ = ['../models/acl_release.py', '../schedules/adam_release.py']
