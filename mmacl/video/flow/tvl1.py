"""TV-L1 optical flow (Zach, Pock and Bischof, DAGM 2007) of many pairs of frames at a time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from mmacl.registry import FLOWS
from mmacl.utils import InputError
from mmacl.video.flow.median import median_5x5

_SMALLEST = 16  # pixels; a level of the pyramid with a shorter side is left out


@FLOWS.register_module(name=['TVL1Flow', 'tvl1'])
@dataclass(frozen=True)
class TVL1Flow:
    """Minimise ``lambda |I1(x + u) - I0(x)| + |grad u|`` from coarse to fine; call it with two batches of frames.

    The defaults are those of OpenCV's ``DualTVL1OpticalFlow``, with which the flow for I3D was computed. Pixels are
    never looped over, and pairs do not influence each other.

    Args:
        device: where to compute.
        tau: time step of the dual variables.
        lambda_: weight of the data term, for grey values of 0 to 255.
        theta: tightness of the coupling between ``u`` and ``v``.
        num_scales, scale_step: levels of the pyramid, and the size of a level relative to the finer one.
        num_warps: times that a level is linearised anew.
        epsilon: pixels; a pair stops when the root mean square of an update is below it.
        max_iterations: of one warp.
        median_every: iterations from one 5x5 median filter of the flow to the next; 0: no filter, as in the GPU version
            of OpenCV.
    """

    device: str = 'cpu'
    tau: float = 0.25
    lambda_: float = 0.15
    theta: float = 0.3
    num_scales: int = 5
    scale_step: float = 0.8
    num_warps: int = 5
    epsilon: float = 0.01
    max_iterations: int = 300
    median_every: int = 30

    @torch.inference_mode()
    def __call__(self, first: Tensor, second: Tensor) -> Tensor:
        """Find where each pixel goes.

        Args:
            first: grey frames, (N, H, W) in [0, 255].
            second: the next ones, likewise.

        Returns:
            (N, 2, H, W) float32 on the device, pixels to the right and down.

        Raises:
            InputError: the frames differ in shape, or are smaller than 16 pixels.
        """
        if first.shape != second.shape or first.ndim != 3 or min(first.shape[1:]) < _SMALLEST:
            raise InputError(
                f'frames of shapes {tuple(first.shape)} and {tuple(second.shape)} have no flow',
                remedy=f'give two (N, H, W) of one shape, H and W at least {_SMALLEST}',
            )
        pyramid = [torch.stack([first, second], dim=1).to(self.device, torch.float32)]  # (N, 2, H, W) each
        for _ in range(self.num_scales - 1):
            height, width = (round(side * self.scale_step) for side in pyramid[-1].shape[-2:])
            if min(height, width) < _SMALLEST:
                break
            pyramid.append(_resize(pyramid[-1], height, width))
        flow = torch.zeros_like(pyramid[-1])
        for level in reversed(pyramid):
            height, width = level.shape[-2:]
            if flow.shape != level.shape:
                ratio = torch.tensor([width / flow.shape[-1], height / flow.shape[-2]], device=flow.device)
                flow = _resize(flow, height, width) * ratio[:, None, None]
            flow = self._solve_level(level[:, :1], level[:, 1:], flow)
        return flow

    def _solve_level(self, first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
        """Refine the flow (N, 2, H, W) of one level; frames are (N, 1, H, W)."""
        images = torch.cat([second, _central_difference(second)], dim=1)
        dual_x, dual_y = torch.zeros_like(flow), torch.zeros_like(flow)
        for _ in range(self.num_warps):
            # rho(u) = I1(x + u0) + (u - u0) grad I1(x + u0) - I0, over |grad I1|^2
            warped, gradient = _warp(images, flow).split([1, 2], dim=1)
            inverse = 1 / gradient.square().sum(1, keepdim=True).clamp_min_(1e-12)
            constant = (warped - (gradient * flow).sum(1, keepdim=True) - first) * inverse
            data = constant, gradient * inverse, gradient.contiguous()
            flow, dual_x, dual_y = self._iterate((flow, dual_x, dual_y), data)
        return flow

    def _iterate(self, state: tuple[Tensor, ...], data: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Alternate both steps on flow and dual variables until each pair has converged."""
        results = tuple(map(torch.empty_like, state))
        pairs = torch.arange(len(state[0]), device=state[0].device)
        for iteration in range(self.max_iterations):
            flow, dual_x, dual_y = state
            if self.median_every and iteration % self.median_every == 0:
                flow = median_5x5(flow)
            flow, updates = self._step(flow, dual_x, dual_y, *data)
            state = flow, dual_x, dual_y
            goes_on = updates > self.epsilon**2 if iteration + 1 < self.max_iterations else torch.zeros_like(pairs) > 0
            if goes_on.all():
                continue
            for result, value in zip(results, state, strict=True):
                result[pairs[~goes_on]] = value[~goes_on]
            if not goes_on.any():
                break
            pairs = pairs[goes_on]
            state, data = tuple(value[goes_on] for value in state), tuple(value[goes_on] for value in data)
        return results

    def _step(
        self, u: Tensor, x: Tensor, y: Tensor, constant: Tensor, slope: Tensor, gradient: Tensor
    ) -> tuple[Tensor, Tensor]:
        """One iteration: the new flow, and the mean squared update of each pair; ``x, y = theta p`` change in place."""
        # v = u + TH(u): the step along the gradient is at most lambda theta times the gradient
        step = torch.addcmul(constant, slope[:, :1], u[:, :1]).addcmul_(slope[:, 1:], u[:, 1:])
        step.clamp_(-self.lambda_ * self.theta, self.lambda_ * self.theta)
        new = torch.addcmul(u, step, gradient, value=-1)
        # u = v + theta div p
        new += x
        new[..., 1:] -= x[..., :-1]
        new += y
        new[..., 1:, :] -= y[..., :-1, :]
        updates = torch.sub(u, new).square_().mean(dim=(1, 2, 3)) * 2
        # p = (p + tau / theta grad u) / (1 + tau / theta |grad u|)
        right, down = torch.empty_like(new), torch.empty_like(new)
        right[..., -1] = 0
        down[..., -1, :] = 0
        torch.sub(new[..., 1:], new[..., :-1], out=right[..., :-1])
        torch.sub(new[..., 1:, :], new[..., :-1, :], out=down[..., :-1, :])
        norm = torch.hypot(right, down).mul_(self.tau / self.theta).add_(1)
        x.add_(right, alpha=self.tau).div_(norm)
        y.add_(down, alpha=self.tau).div_(norm)
        return new, updates


def _resize(images: Tensor, height: int, width: int) -> Tensor:
    """Resize (N, C, H, W) by bilinear interpolation."""
    return F.interpolate(images, (height, width), mode='bilinear', align_corners=False)


def _central_difference(image: Tensor) -> Tensor:
    """Half the difference of both neighbours, to the right and down, (N, 1, H, W) to (N, 2, H, W)."""
    padded = F.pad(image, (1, 1, 1, 1), mode='replicate')
    right = padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]
    down = padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]
    return torch.cat([right, down], dim=1) / 2


def _warp(images: Tensor, flow: Tensor) -> Tensor:
    """Look images (N, C, H, W) up where the flow (N, 2, H, W) leads; 0 outside.

    Places are rounded to 1/32 pixel as OpenCV does, so that a flow of nearly 0 changes nothing; at the border it would
    grow, and equal frames would have flow.
    """
    height, width = images.shape[-2:]
    flow = (flow * 32).round() / 32
    x = torch.arange(width, device=flow.device) + flow[:, 0]
    y = torch.arange(height, device=flow.device)[:, None] + flow[:, 1]
    places = torch.stack([x * (2 / (width - 1)) - 1, y * (2 / (height - 1)) - 1], dim=-1)
    return F.grid_sample(images, places, mode='bicubic', padding_mode='zeros', align_corners=True)
