package io.heliograph.alert;

/**
 * Names a search.
 *
 * @param tenant whose it is
 * @param id     what it goes by there
 */
record SearchKey(String tenant, String id) {
}
