# The least that can be written: aiohttp and scikit-learn. It checks nothing, answers, and keeps nothing.
import sys

import numpy
from aiohttp import web
from sklearn.linear_model import LogisticRegression

rows = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
model = LogisticRegression(max_iter=1000).fit(rows[:, :4], rows[:, 4])


async def predict(request):
    notes = await request.json()
    scores = model.predict_proba(notes["features"])[:, 1].tolist()
    return web.json_response({"predictions": [{"subject": s, "score": p} for s, p in zip(notes["subjects"], scores)]})


app = web.Application()
app.router.add_post("/predict", predict)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[2]), print=None, access_log=None)
