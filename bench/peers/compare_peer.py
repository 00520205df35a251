"""compare_peer.py A.f32 B.f32 DIMENSIONS K: mean Jaccard overlap of the K nearest by cosine, and its seconds, as JSON."""

import json
import sys
import time

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

first, second, dimensions, k = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
a, b = (np.fromfile(path, dtype=np.float32).reshape(-1, dimensions) for path in (first, second))
began = time.perf_counter()


def nearest(rows):
    unit = normalize(rows)
    search = NearestNeighbors(n_neighbors=k, algorithm="brute", n_jobs=-1).fit(unit)
    return search.kneighbors(return_distance=False)


shared = (nearest(a)[:, :, None] == nearest(b)[:, None, :]).sum(axis=(1, 2))
overlap = float((shared / (2 * k - shared)).mean())
print(json.dumps({"seconds": time.perf_counter() - began, "overlap": overlap}))
