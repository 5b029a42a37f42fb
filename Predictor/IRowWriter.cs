namespace EmotionMLNet.Predictor;

/// <summary>Where rows go: stdout, or a file that an interrupted run can continue.</summary>
internal interface IRowWriter : IDisposable
{
    /// <param name="rows">
    /// All rows of one file. They are safe from whatever happens to the process when this returns, as far as the operating system goes.
    /// </param>
    void Add(IReadOnlyList<Row> rows);

    /// <summary>All rows are there.</summary>
    void Complete();
}
