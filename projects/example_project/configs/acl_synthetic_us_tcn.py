# The simulated videos of acl_synthetic_us.py, with a backbone that lives outside the package.
_base_ = '../../../configs/acl/acl_synthetic_us.py'

# Importing the module registers TemporalConvNet. Python must find it: run with PYTHONPATH=. in the repository.
custom_imports = dict(imports=['projects.example_project.temporal_conv_net'])

model = dict(
    stream=dict(
        backbone=dict(
            _delete_=True,
            type='TemporalConvNet',
            channels=128,
            dilations=(1, 2, 4),
            # Layers are chosen as everywhere in OpenMMLab.
            norm_cfg=dict(type='LN'),
            act_cfg=dict(type='GELU'),
        ),
    ),
)
