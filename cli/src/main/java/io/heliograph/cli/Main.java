package io.heliograph.cli;

/** The program {@code heliograph}. */
public final class Main {
  private Main() {}

  /** Prints how the program is called; there are no commands yet. */
  public static void main(String[] args) {
    System.err.println("usage: heliograph COMMAND (there are no commands yet)");
    System.exit(2);
  }
}
