"""Searches nearest neighbours by faiss or scikit-learn, by cosine, and prints what it took.

usage: nearest_peers.py ROWS.f32 QUERIES.f32 PEER DIMENSIONS K THREADS ROUNDS    (little-endian float32)
PEER: faiss-flat, faiss-hnsw, scikit-learn; with QUERIES empty the graph of all rows is searched, each without itself
prints one JSON object: {name, buildSeconds, one, batch, found}: medians in seconds of one query and of all queries,
and the rows found for each of the queries; for a graph {name, seconds, found}
"""

import json
import os
import sys
import time

rows_file, queries_file, peer = sys.argv[1:4]
dimensions, k, threads, rounds = (int(argument) for argument in sys.argv[4:8])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np

rows = np.fromfile(rows_file, dtype="<f4").reshape(-1, dimensions)
queries = np.fromfile(queries_file, dtype="<f4").reshape(-1, dimensions)
graph = len(queries) == 0
started = time.perf_counter()
if peer == "scikit-learn":
    import sklearn
    from sklearn.neighbors import NearestNeighbors

    name = f"scikit-learn {sklearn.__version__}, brute force"
    index = NearestNeighbors(n_neighbors=k, algorithm="brute", metric="cosine", n_jobs=threads).fit(rows)
    search = lambda wanted, count: index.kneighbors(wanted, n_neighbors=count, return_distance=False)
else:
    import faiss

    faiss.omp_set_num_threads(threads)
    unit = lambda m: m / np.maximum(np.linalg.norm(m, axis=1, keepdims=True), 1e-30)
    kind = peer.removeprefix("faiss-")
    name = f"faiss {faiss.__version__}, {'HNSW' if kind == 'hnsw' else 'Flat'}"
    if kind == "hnsw":
        index = faiss.IndexHNSWFlat(dimensions, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = 64
    else:
        index = faiss.IndexFlatIP(dimensions)
    index.add(unit(rows))
    search = lambda wanted, count: index.search(unit(wanted), count)[1]
built = time.perf_counter() - started
if graph:
    found = search(rows, k + 1)
    seconds = time.perf_counter() - started
    sample = np.linspace(0, len(rows) - 1, 300).astype(int)
    own = [[int(other) for other in found[i] if other != i][:k] for i in sample]
    print(json.dumps({"name": name, "seconds": seconds, "found": own}))
else:

    def median(work):
        times = []
        for _ in range(rounds + 1):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return float(np.median(times[1:]))

    turn = iter(range(10**9))
    one = median(lambda: search(queries[[next(turn) % len(queries)]], k))
    batch = median(lambda: search(queries, k))
    found = search(queries, k).tolist()
    print(json.dumps({"name": name, "buildSeconds": built, "one": one, "batch": batch, "found": found}))
