# Two images. `function` is one HTTP function and nothing else:
#   docker build --target function --build-arg FUNCTION=predict-api --tag predict-api .
#   docker run --env-file FILE --publish 8080:8080 predict-api
# `loop`, the last one, is the repository with all functions built; compose.yaml runs the whole loop from it.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

FROM node:22-bookworm-slim AS function
ARG FUNCTION
RUN test -n "${FUNCTION}" || { echo 'Say which function: --build-arg FUNCTION=predict-api'; exit 1; }
ENV NODE_ENV=production FUNCTION_TARGET=${FUNCTION} PORT=8080
WORKDIR /function
COPY --from=build /app/dist/functions/${FUNCTION}/ ./
# Optional packages are for training, which also works without them.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
USER node
EXPOSE 8080
# Node.js itself is the process, so that it hears SIGTERM; the framework reads PORT and FUNCTION_TARGET.
CMD ["node", "node_modules/@google-cloud/functions-framework/build/src/main.js"]

FROM build AS loop
# Redis and PostgreSQL are other containers: nothing has to be installed here.
RUN mkdir /data && chown node:node /data && chown -R node:node dist
USER node
# Whoever reaches the container may do everything unless AUTH_… are set: OPEN=1 says that this is meant, as in compose.yaml.
ENV PORT=8080 OPEN=
EXPOSE 8080
CMD ["sh", "-c", "exec node local/src/start.ts --host 0.0.0.0 --port \"$PORT\" --folder /data --log info ${OPEN:+--open}"]
