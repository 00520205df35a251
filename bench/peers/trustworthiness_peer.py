"""Times scikit-learn's trustworthiness. Arguments: rows (float32), map (float32), columns, neighbours."""

import json
import sys
import time

import numpy as np
from sklearn.manifold import trustworthiness

rows = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, int(sys.argv[3]))
points = np.fromfile(sys.argv[2], dtype=np.float32).reshape(-1, 2)
start = time.perf_counter()
value = trustworthiness(rows, points, n_neighbors=int(sys.argv[4]))
print(json.dumps({"seconds": time.perf_counter() - start, "trustworthiness": float(value)}))
