/**
 * Events as the outside world writes them: CloudEvents 1.0.2 in JSON, both ways. Source of the format:
 * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">its specification</a>.
 */
package io.heliograph.cloudevents;
