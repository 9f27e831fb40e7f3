"""Runs scikit-learn on the tables of a folder, on the folds that stand in them.

    peers.py export FOLDER   writes scikit-learn's own small tables there
    peers.py judge FOLDER    writes results.json: scores and seconds of each peer on each table
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np
from sklearn import datasets
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

warnings.filterwarnings("ignore")


def export(folder):
    for name in ["iris", "wine", "breast_cancer", "digits"]:
        data = getattr(datasets, f"load_{name}")()
        table = {
            "name": name.replace("_", " "),
            "columns": [{"kind": "number"}] * data.data.shape[1],
            "classCount": len(data.target_names),
            "values": data.data.ravel().tolist(),
            "classes": data.target.tolist(),
        }
        (folder / f"{name}.table.json").write_text(json.dumps(table))


def dense(columns):
    numbers = [i for i, column in enumerate(columns) if column["kind"] == "number"]
    categories = [i for i, column in enumerate(columns) if column["kind"] == "category"]
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categories),
        ]
    )


def peers(columns):
    # HistGradientBoosting takes categories of up to 255 values as they are; what has more is left to it as a number.
    native = [i for i, column in enumerate(columns) if column["kind"] == "category" and column["size"] <= 250]
    return {
        "logistic regression": make_pipeline(dense(columns), LogisticRegression(max_iter=2000)),
        "HistGradientBoosting": HistGradientBoostingClassifier(random_state=0, categorical_features=native or None),
        "RandomForest": make_pipeline(dense(columns), RandomForestClassifier(300, random_state=0, n_jobs=2)),
        "SVC": make_pipeline(dense(columns), SVC(probability=True, random_state=0)),
        "MLP": make_pipeline(dense(columns), MLPClassifier(max_iter=500, random_state=0)),
    }


def judge(folder):
    results = []
    for path in sorted(folder.glob("*.folds.json")):
        table = json.loads(path.read_text())
        columns = table["columns"]
        x = np.array(table["values"], dtype=float).reshape(-1, len(columns))
        y = np.array(table["classes"])
        folds = np.array(table["folds"])
        for name, peer in peers(columns).items():
            scores = np.zeros((len(y), table["classCount"]))
            seconds = 0.0
            for fold in range(folds.max() + 1):
                train = folds != fold
                start = time.perf_counter()
                peer.fit(x[train], y[train])
                seconds += time.perf_counter() - start
                scores[np.ix_(~train, peer.classes_)] = peer.predict_proba(x[~train])
            result = {"table": table["name"], "learner": name, "seconds": seconds / (folds.max() + 1)}
            results.append({**result, "scores": scores.ravel().round(12).tolist()})
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    {"export": export, "judge": judge}[sys.argv[1]](pathlib.Path(sys.argv[2]))
