"""A CLIP-Adapter epoch in PyTorch. Usage: SAMPLES CLASSES WIDTH BATCH EPOCHS; a line in, milliseconds an epoch out."""
import sys, time, torch
import torch.nn.functional as F

N, K, D, B, E = map(int, sys.argv[1:])
torch.set_num_threads(2)
torch.manual_seed(1)
features = F.normalize(torch.rand(N, D) - 0.5, dim=1)
text = F.normalize(torch.rand(K, D) - 0.5, dim=1)
labels = torch.arange(N) // 4
fc = torch.nn.Sequential(torch.nn.Linear(D, D // 4, bias=False), torch.nn.ReLU(),
                         torch.nn.Linear(D // 4, D, bias=False), torch.nn.ReLU())
optimiser = torch.optim.Adam(fc.parameters(), lr=1e-3)


def epoch():
    order = torch.randperm(N)
    for start in range(0, N, B):
        rows = order[start:start + B]
        f = features[rows]
        g = 0.4 * fc(f) + 0.6 * f
        loss = F.cross_entropy(100.0 * F.normalize(g, dim=1) @ text.T, labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


epoch()
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(E):
        epoch()
    print((time.perf_counter() - start) * 1000 / E, flush=True)
