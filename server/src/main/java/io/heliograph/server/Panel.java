package io.heliograph.server;

import java.util.List;

/**
 * What another module adds to the page and to the routes. Beside the class {@code anchor} lie its resources:
 *
 * <pre>
 * NAME.html          put into the page as it is, between the header and the ledger, in #panel-NAME
 * NAME.css           /page/NAME.css
 * NAME.js            /page/NAME.js, a script of type module; it imports from ./page.js
 * NAME-strings.js    /page/NAME-strings.js, every text that the panel shows
 * NAME-openapi.yaml  the paths of its routes, if it has any, indented as in openapi.yaml; behind a line "# schemas" its schemas
 * </pre>
 *
 * @param name    lower-case letters
 * @param anchor  a class that the resources lie beside
 * @param routes  what it answers
 * @param streams what can be followed
 */
public record Panel(String name, Class<?> anchor, List<Route> routes, List<PanelStream> streams) {

    public Panel {
        routes = List.copyOf(routes);
        streams = List.copyOf(streams);
    }

    /** One without streams. */
    public Panel(String name, Class<?> anchor, List<Route> routes) {
        this(name, anchor, routes, List.of());
    }
}
