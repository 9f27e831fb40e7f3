# What many would write first: FastAPI and scikit-learn. It answers, and keeps nothing.
import sys

import numpy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.linear_model import LogisticRegression

rows = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
model = LogisticRegression(max_iter=1000).fit(rows[:, :4], rows[:, 4])
app = FastAPI()


class Notes(BaseModel):
    subjects: list[str]
    features: list[list[float]]


@app.post("/predict")
def predict(notes: Notes):
    scores = model.predict_proba(notes.features)[:, 1].tolist()
    return {"predictions": [{"subject": s, "score": p} for s, p in zip(notes.subjects, scores)]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
