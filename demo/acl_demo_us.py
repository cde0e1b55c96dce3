# The template for your own folder, filled in for what demo/write_folder.py writes.
_base_ = '../configs/acl/acl_custom_us.py'

widths = dict(rgb=128, flow=128)
# Tables of it say that the videos are simulated.
folder = dict(data_root='data/demo', feature_dims=widths, metainfo=dict(simulated=True))

# A smaller network than the paper's, for features of 128 dimensions.
model = dict(
    in_channels=widths,
    num_clusters=6,
    stream=dict(
        backbone=dict(branch_channels=64),
        class_specific_head=dict(hidden_channels=64),
        class_agnostic_head=dict(hidden_channels=64),
    ),
)
# All six clusters are in each batch.
train_dataloader = dict(
    batch_size=12,
    batch_sampler=dict(clusters_per_batch=6, num_batches=50),
    num_workers=0,
    persistent_workers=False,
    dataset=folder,
)
test_dataloader = dict(dataset=folder)
val_dataloader = test_dataloader

# 100 steps a round.
train_cfg = dict(epochs_per_round=2)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
