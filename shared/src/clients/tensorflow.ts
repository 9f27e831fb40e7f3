// The core alone, without layers and data sets; only a training needs it.
import * as tf from '@tensorflow/tfjs-core';

export { tf };
