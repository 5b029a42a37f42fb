namespace EmotionMLNet.Predictor;

/// <summary>Rows on stdout: each is out when it is written, and what was begun is closed however the run ends.</summary>
internal sealed class RowStream : IRowWriter
{
    private readonly TextWriter writer;
    private readonly RowFormat format;
    private bool isFirst = true, isBroken;

    public RowStream(TextWriter writer, RowFormat format)
    {
        this.writer = writer;
        this.format = format;
        Write(format.Header);
    }

    public void Add(IReadOnlyList<Row> rows)
    {
        Write((isFirst ? "" : format.Between) + format.Lines(rows));
        isFirst = false;
    }

    public void Complete() { }

    public void Dispose()
    {
        if (!isBroken) Write(format.Footer);
    }

    private void Write(string text)
    {
        isBroken = true;
        writer.Write(text);
        writer.Flush();
        isBroken = false;
    }
}
