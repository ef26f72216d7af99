// Every text of the webhooks' panel.
export const strings = {
  endpoints: 'Webhook endpoints',
  noEndpoints: 'None yet: POST /v1/endpoints makes one.',
  key: 'API key',
  useKey: 'Use',
  id: 'Endpoint',
  url: 'URL',
  topics: 'Topics',
  state: 'State',
  failures: 'Failures in a row',
};
