// Imported for what it does: it registers a backend in WebAssembly, for machines that the native one was not built for.
import '@tensorflow/tfjs-backend-wasm';
