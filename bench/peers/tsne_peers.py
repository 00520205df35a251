"""Maps rows by openTSNE or scikit-learn and prints the time that it took, from the rows to the map.

usage: tsne_peers.py PEER ROWS.f32 DIMENSIONS PERPLEXITY ITERATIONS THREADS OUT.f32    (little-endian float32)
prints one JSON object: {name, seconds, processorSeconds}
"""

import json
import os
import sys
import time

peer, file, out = sys.argv[1], sys.argv[2], sys.argv[7]
dimensions, perplexity, iterations, threads = int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = str(threads)

import numpy as np

rows = np.fromfile(file, dtype="<f4").reshape(-1, dimensions).astype(np.float64)
early = min(250, iterations)
if peer == "openTSNE":
    import openTSNE

    name = f"openTSNE {openTSNE.__version__}"
    model = openTSNE.TSNE(
        perplexity=perplexity,
        early_exaggeration_iter=early,
        n_iter=iterations - early,
        n_jobs=threads,
        random_state=1,
    )
    work = lambda: np.asarray(model.fit(rows))
else:
    import sklearn
    from sklearn.manifold import TSNE

    name = f"scikit-learn {sklearn.__version__}"
    model = TSNE(perplexity=perplexity, max_iter=max(250, iterations), n_jobs=threads, random_state=1)
    work = lambda: model.fit_transform(rows)
start, processor = time.perf_counter(), time.process_time()
points = work()
seconds, processor = time.perf_counter() - start, time.process_time() - processor
points.astype("<f4").tofile(out)
print(json.dumps({"name": name, "seconds": seconds, "processorSeconds": processor}))
