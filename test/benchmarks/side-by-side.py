"""Runs auto-attack, torchattacks and foolbox on a lenet that Gauntlet trained, and puts Gauntlet's results beside them.

    side-by-side.py attack  --model lenet.npz --data data/mnist --norm linf --eps 0.1 --n 500 --out theirs.jsonl
    side-by-side.py compare --results results --out theirs.jsonl

docs/side-by-side.md says where the libraries come from and which commands of Gauntlet belong to it.
"""
import argparse
import gzip
import json
import sqlite3
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Lenet(nn.Module):
    """Gauntlet's lenet with the weights of `gauntlet export-model`; images by channel, height and width."""

    def __init__(self, file):
        super().__init__()
        for name, array in np.load(file).items():
            order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[array.ndim]
            tensor = torch.from_numpy(np.ascontiguousarray(array.transpose(order), dtype=np.float32))
            self.register_parameter(name.replace('/', '_'), nn.Parameter(tensor))

    def forward(self, x):
        for layer in ('conv1', 'conv2'):
            x = F.max_pool2d(F.relu(F.conv2d(x, *self.affine(layer), padding=2)), 2, ceil_mode=True)
        x = x.permute(0, 2, 3, 1).flatten(1)
        return F.linear(F.relu(F.linear(x, *self.affine('dense1'))), *self.affine('dense2'))

    def affine(self, layer):
        return getattr(self, f'{layer}_weight'), getattr(self, f'{layer}_bias')


def first_examples(folder, n):
    """The first n test examples of MNIST, pixels from 0 to 1."""

    def read(name):
        packed = Path(folder, f'{name}.gz')
        content = gzip.decompress(packed.read_bytes()) if packed.exists() else Path(folder, name).read_bytes()
        return np.frombuffer(content, np.uint8)

    images = read('t10k-images-idx3-ubyte')[16:].reshape(-1, 1, 28, 28)[:n]
    labels = read('t10k-labels-idx1-ubyte')[8:][:n]
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def auto_attack(*parts):
    """auto-attack's parts as version `standard` sets them up, one after the other on what is left."""

    def run(model, x, y, norm, eps, seed):
        from autoattack import AutoAttack

        attack = AutoAttack(model, norm=NORMS[norm], eps=eps, seed=seed, device='cpu', verbose=False)
        attack.attacks_to_run = list(parts)
        return attack.run_standard_evaluation(x, y, bs=len(x))

    return run


def torch_attacks(name, restarts=1, **options):
    """An attack of torchattacks; options that are functions are given epsilon."""

    def run(model, x, y, norm, eps, seed):
        import torchattacks

        values = {key: value(eps) if callable(value) else value for key, value in options.items()}
        attack = getattr(torchattacks, name)(model, **values)
        best = x.clone()
        for restart in range(restarts):
            torch.manual_seed(seed * restarts + restart)
            found = attack(x, y).detach()
            wrong = model(best).argmax(1) != y
            best = torch.where(wrong[:, None, None, None], best, found)
        return best

    return run


def inside(attack):
    """Starts just inside the box: where a pixel is 0 or 1 the gradient of torchattacks' CW is zero for ever."""
    return lambda model, x, y, *rest: attack(model, 0.5 + 0.999999 * (x - 0.5), y, *rest)


def overshot(attack):
    """Lengthens by 2 % what did not cross the boundary: the DeepFool of torchattacks stalls there."""

    def run(model, x, y, *rest):
        found = attack(model, x, y, *rest)
        wrong = (model(found).argmax(1) != y)[:, None, None, None]
        return torch.where(wrong, found, (x + 1.02 * (found - x)).clamp(0, 1))

    return run


def in_the_ball(attack):
    """Starts uniformly in the ball: torchattacks draws the radius uniformly, which is mostly well inside."""

    def run(model, x, *rest):
        plain_uniform = torch.Tensor.uniform_
        power = 1 / x[0].numel()
        torch.Tensor.uniform_ = lambda tensor, *bounds: plain_uniform(tensor, *bounds).pow_(power)
        try:
            return attack(model, x, *rest)
        finally:
            torch.Tensor.uniform_ = plain_uniform

    return run


def foolbox_deepfool(model, x, y, norm, eps, seed):
    from foolbox import PyTorchModel
    from foolbox.attacks import L2DeepFoolAttack

    _, found, _ = L2DeepFoolAttack()(PyTorchModel(model, bounds=(0, 1), device='cpu'), x, y, epsilons=None)
    return found


NORMS = {'linf': 'Linf', 'l2': 'L2'}
WHOLE = ('apgd-ce', 'apgd-t', 'fab-t', 'square')
last = {'iterate': 'last'}
eps_of = {'eps': lambda eps: eps}
tenths = {**eps_of, 'alpha': lambda eps: eps / 10, 'steps': 10}
pgd = {**eps_of, 'alpha': lambda eps: 2.5 * eps / 20, 'steps': 20}
cw = {'name': 'cw', 'searches': 1, 'initialWeight': 1, 'steps': 200, 'abortEarly': False}
plain = {part: {'name': part} for part in (*WHOLE, 'apgd-dlr', 'fab', 'autoattack')}

# Of each: the norms that it knows, Gauntlet's options for the same, and what runs it.
ATTACKS = {
    **{f'auto-attack {part}': (NORMS, plain[part], auto_attack(part)) for part in (*WHOLE, 'apgd-dlr', 'fab')},
    'auto-attack whole': (NORMS, plain['autoattack'], auto_attack(*WHOLE)),
    'torchattacks FGSM': (['linf'], {'name': 'fgsm'}, torch_attacks('FGSM', **eps_of)),
    'torchattacks BIM': (['linf'], {'name': 'bim', **last}, torch_attacks('BIM', **tenths)),
    'torchattacks MIFGSM': (['linf'], {'name': 'mi-fgsm', **last}, torch_attacks('MIFGSM', **tenths, decay=1.0)),
    'torchattacks PGD': (['linf'], {'name': 'pgd', **last}, torch_attacks('PGD', restarts=5, **pgd)),
    'torchattacks PGDL2': (['l2'], {'name': 'pgd', **last}, torch_attacks('PGDL2', restarts=5, **pgd)),
    'torchattacks PGDL2, in the ball': (
        ['l2'], {'name': 'pgd', **last}, in_the_ball(torch_attacks('PGDL2', restarts=5, **pgd))),
    'torchattacks DeepFool': (['l2'], {'name': 'deepfool'}, torch_attacks('DeepFool')),
    'torchattacks DeepFool, overshot': (['l2'], {'name': 'deepfool'}, overshot(torch_attacks('DeepFool'))),
    'foolbox DeepFool': (['l2'], {'name': 'deepfool'}, foolbox_deepfool),
    'torchattacks CW': (['l2'], cw, torch_attacks('CW', c=1, steps=200)),
    'torchattacks CW, inside': (['l2'], cw, inside(torch_attacks('CW', c=1, steps=200))),
}


def attack(model, data, norm, eps, n, seed, only, out):
    model = Lenet(model).eval()
    x, y = first_examples(data, n)
    correct = model(x).argmax(1) == y
    print(f'clean: {int(correct.sum())} of {n}')
    for name, (norms, _, run) in ATTACKS.items():
        if norm not in norms or (only and name not in only):
            continue
        start = time.time()
        change = (adversarial := run(model, x, y, norm, eps, seed)) - x
        seconds = time.time() - start
        flat = change.flatten(1)
        size = flat.abs().amax(1) if norm == 'linf' else flat.norm(dim=1)
        assert adversarial.min() >= 0 and adversarial.max() <= 1
        broken = (model(adversarial).argmax(1) != y) & (size <= eps * (1 + 1e-5))
        robust = (correct & ~broken).int().tolist()
        row = {'attack': name, 'norm': norm, 'eps': eps, 'n': n, 'seed': seed, 'seconds': seconds, 'robust': robust}
        with open(out, 'a') as file:
            file.write(json.dumps(row) + '\n')
        print(f'{name}, {norm} {eps}, seed {seed}: {sum(robust)} of {n} robust, {seconds:.0f} s', flush=True)


def compare(results, out):
    """A line for each attack: robust accuracies in percent and examples that one side alone breaks, seeds averaged."""
    database = sqlite3.connect(Path(results, 'gauntlet.db'))
    lines = {}
    for line in Path(out).read_text().splitlines():
        theirs = json.loads(line)
        if ours := robust_under(database, ATTACKS[theirs['attack']][1], theirs):
            key = tuple(theirs[part] for part in ('attack', 'norm', 'eps', 'n'))
            lines.setdefault(key, []).append((theirs['robust'], *ours, theirs['seconds']))
    print(
        '| attack | norm, radius | n | seeds | theirs | Gauntlet | difference '
        '| broken by them alone | by Gauntlet alone | time, Gauntlet / theirs |'
    )
    print('|---|---|---|---|---|---|---|---|---|---|')
    for (name, norm, eps, n), pairs in lines.items():
        theirs, ours = (statistics.mean(100 * sum(pair[side]) / n for pair in pairs) for side in (0, 1))
        alone = [
            statistics.mean(sum(a < b for a, b in zip(pair[side], pair[1 - side])) for pair in pairs)
            for side in (0, 1)
        ]
        ratio = statistics.mean(pair[2] / pair[3] for pair in pairs)
        print(f'| {name} | {norm}, {eps} | {n} | {len(pairs)} | {theirs:.1f} | {ours:.1f} | {ours - theirs:+.1f} '
              f'| {alone[0]:.1f} | {alone[1]:.1f} | {ratio:.1f} |')


def robust_under(database, options, theirs):
    """Which examples Gauntlet left right under the same attack, and its seconds."""
    evaluations = database.execute(
        'select id, attack_config, seconds from evaluation where norm = ? and epsilon = ? and n = ? and seed = ?',
        [theirs[part] for part in ('norm', 'eps', 'n', 'seed')],
    )
    for identifier, config, seconds in evaluations:
        if options.items() <= json.loads(config).items():
            rows = database.execute(
                'select clean_prediction = label and not success from example where evaluation_id = ? order by example',
                [identifier],
            )
            return [row[0] for row in rows], seconds


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    attacking = commands.add_parser('attack')
    attacking.set_defaults(run=attack)
    attacking.add_argument('--model', required=True)
    attacking.add_argument('--data', required=True)
    attacking.add_argument('--norm', choices=NORMS, default='linf')
    attacking.add_argument('--eps', type=float, required=True)
    attacking.add_argument('--n', type=int, default=500)
    attacking.add_argument('--seed', type=int, default=0)
    attacking.add_argument('--only', nargs='+', choices=ATTACKS)
    attacking.add_argument('--out', required=True)
    comparing = commands.add_parser('compare')
    comparing.set_defaults(run=compare)
    comparing.add_argument('--results', default='results')
    comparing.add_argument('--out', required=True)
    options = vars(parser.parse_args())
    options.pop('run')(**options)


main()
