package io.botwatch.ingest;

/**
 * Stands in the JSON object that a record is, on one of its values. Scalars come as ASCII bytes, whether they were written as
 * a string or a number, because exporters disagree on that; nested values are skipped unless entered.
 */
interface JsonCursor {
    /** No field that matters is longer, in bytes; what is, is cut. */
    int LONGEST = 128;

    /** Moves to the next field's value, and gives its name; null at the end of the object. */
    String next() throws UndecodableException;

    /** Moves to the next value of the array; false at its end. */
    boolean nextElement() throws UndecodableException;

    /** Whether the value is a string, number or boolean, which {@link #text} gives. */
    boolean isScalar();

    /** The scalar as ASCII, from index {@link #from} up to {@link #to}, both of which are valid after this call alone. */
    byte[] text() throws UndecodableException;

    int from();

    int to();

    /** Enters the object that the value is: {@link #next} then gives its fields, until null. False when it is none. */
    boolean enterObject();

    /** Enters the array that the value is: {@link #nextElement} then gives its values. False when it is none. */
    boolean enterArray();

    /** Checks that nothing follows the object. */
    void end() throws UndecodableException;
}
