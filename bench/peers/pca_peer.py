"""Times scikit-learn's PCA, all components with their scores. Arguments: rows (float32), columns."""

import json
import sys
import time

import numpy as np
from sklearn.decomposition import PCA

rows = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, int(sys.argv[2]))
start = time.perf_counter()
model = PCA().fit(rows)
model.transform(rows)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "variance": float(model.explained_variance_[0])}))
