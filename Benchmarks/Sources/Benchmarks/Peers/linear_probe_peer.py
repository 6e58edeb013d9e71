"""A linear probe's fit in scikit-learn. Usage: FEATURES WIDTH SHOTS C; a line in, the milliseconds of a fit out."""
import sys, time, warnings
import numpy as np
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings('ignore')
width, shots, C = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
X = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, width).astype(np.float64)
y = np.arange(len(X)) // shots
print('ready', flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    LogisticRegression(C=C, max_iter=1000).fit(X, y)
    print((time.perf_counter() - start) * 1000, flush=True)
