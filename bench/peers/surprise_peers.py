"""Trains scikit-surprise's models on a split and prints their error on the held-out ratings and their time.

usage: surprise_peers.py TRAIN.csv TEST.csv SEED    (lines of user,movie,rating)
prints one JSON object: {version, results: [{name, seconds, mse}]}
"""

import json
import sys
import time

import numpy
import surprise
from surprise import BaselineOnly, Dataset, KNNBaseline, Reader, SVD, SVDpp

train_file, test_file, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
reader = Reader(line_format="user item rating", sep=",", rating_scale=(0.5, 5))
train = Dataset.load_from_file(train_file, reader).build_full_trainset()
with open(test_file) as lines:
    test = [(u, i, float(r)) for u, i, r in (line.strip().split(",") for line in lines)]

results = []
for name, make in [
    ("BaselineOnly", lambda: BaselineOnly(verbose=False)),
    ("KNNBaseline", lambda: KNNBaseline(verbose=False)),
    ("SVD, 100 factors", lambda: SVD(random_state=seed)),
    ("SVD, 50 factors", lambda: SVD(n_factors=50, random_state=seed)),
    ("SVD++, 20 factors", lambda: SVDpp(random_state=seed)),
    ("SVD++, 50 factors", lambda: SVDpp(n_factors=50, random_state=seed)),
]:
    model = make()
    start = time.perf_counter()
    model.fit(train)
    seconds = time.perf_counter() - start
    errors = [model.predict(u, i).est - r for u, i, r in test]
    results.append({"name": name, "seconds": seconds, "mse": float(numpy.mean(numpy.square(errors)))})
print(json.dumps({"version": surprise.__version__, "results": results}))
