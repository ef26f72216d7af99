package io.heliograph;

/** Another socket already holds the address; nothing was taken from it. */
public final class AddressInUseException extends HeliographException {

    private static final long serialVersionUID = 1L;

    /**
     * @param address the address that is taken
     * @param remedy  what its user can do
     */
    public AddressInUseException(String address, String remedy) {
        super(address + " is in use: " + remedy);
    }
}
