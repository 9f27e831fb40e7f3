// Imported for what it does: it registers a backend in plain JavaScript, the last to be tried.
import '@tensorflow/tfjs-backend-cpu';
