"""Maps rows by openTSNE and scikit-learn on one thread and prints the processor time that each took.

usage: tsne_peers.py ROWS.f32 DIMENSIONS PERPLEXITY ITERATIONS OUT    (little-endian float32; OUT.0, OUT.1 ... get the maps)
prints one JSON object: {results: [{name, seconds}], missing: [text]}
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

rows = np.fromfile(sys.argv[1], dtype="<f4").reshape(-1, int(sys.argv[2])).astype(np.float64)
perplexity, iterations, out = float(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
early = min(250, iterations)


def open_tsne():
    import openTSNE

    model = openTSNE.TSNE(
        perplexity=perplexity,
        early_exaggeration_iter=early,
        n_iter=iterations - early,
        n_jobs=1,
        random_state=1,
    )
    return f"openTSNE {openTSNE.__version__}", lambda: np.asarray(model.fit(rows))


def scikit_learn():
    import sklearn
    from sklearn.manifold import TSNE

    model = TSNE(perplexity=perplexity, max_iter=max(250, iterations), n_jobs=1, random_state=1)
    return f"scikit-learn {sklearn.__version__}", lambda: model.fit_transform(rows)


results, missing = [], []
for make in (open_tsne, scikit_learn):
    try:
        name, run = make()
    except ImportError as error:
        missing.append(str(error))
        continue
    start = time.process_time()
    points = run()
    results.append({"name": name, "seconds": time.process_time() - start})
    points.astype("<f4").tofile(f"{out}.{len(results) - 1}")
print(json.dumps({"results": results, "missing": missing}))
