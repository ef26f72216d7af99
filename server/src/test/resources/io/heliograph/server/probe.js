import {on} from './page.js';
