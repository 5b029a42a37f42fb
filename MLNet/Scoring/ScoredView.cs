using EmotionMLNet.MLNet.Pictures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>A view with scores, which are made on all cores a little ahead of who reads it.</summary>
internal sealed class ScoredView(ExpressionScoringTransformer parent, IDataView input, PictureColumn pictures) : IDataView
{
    private readonly ScoringSchema schema = new(input.Schema, parent.Steps);

    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => schema.Output;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        DataViewSchema.Column[] passed = schema.Passed(needed);
        if (!needed.Any(schema.IsAdded))
            return new ScoredCursor(schema, input.GetRowCursor(passed, rand), null, needed, parent);
        // Two cursors over the same rows: one for the columns that pass, at the row of the reader, and one for the pictures, ahead of it.
        int seed = rand?.Next() ?? 0;
        Random? Shuffle() => rand is null ? null : new Random(seed);
        DataViewRowCursor main = input.GetRowCursor(passed, Shuffle()), ahead = input.GetRowCursor([pictures.Column], Shuffle());
        return new ScoredCursor(schema, main, new LookAhead(parent, ahead, pictures), needed, parent);
    }

    // One cursor keeps all cores busy already.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>Results of a cursor's pictures, made ahead.</summary>
    private sealed class LookAhead : IDisposable
    {
        private readonly DataViewRowCursor cursor;
        private readonly PictureGetter getter;
        private readonly PictureKind kind;
        private readonly Stack<Picture> free = new();
        private readonly IEnumerator<(Picture Item, Prediction? Prediction, Exception? Exception)> results;

        public LookAhead(ExpressionScoringTransformer parent, DataViewRowCursor cursor, PictureColumn pictures)
        {
            this.cursor = cursor;
            kind = pictures.Kind;
            getter = pictures.Getter(cursor);
            results = parent.Classifier
                .ClassifyMany(Pictures(), Picture.AddTo, parent.Options.Threads, p => p.Weight, CancellationToken.None)
                .GetEnumerator();
        }

        public bool MoveNext(out Prediction? prediction, out Exception? exception)
        {
            (prediction, exception) = (null, null);
            if (!results.MoveNext()) return false;
            (Picture picture, prediction, exception) = results.Current;
            free.Push(picture);
            return true;
        }

        public void Dispose()
        {
            results.Dispose(); // waits for the threads that read pictures
            cursor.Dispose();
        }

        // Enumerated on the reader's thread, as results are.
        private IEnumerable<Picture> Pictures()
        {
            while (cursor.MoveNext())
            {
                Picture picture = free.Count > 0 ? free.Pop() : new Picture(kind);
                getter.Read(picture);
                yield return picture;
            }
        }
    }

    private sealed class ScoredCursor : DataViewRowCursor
    {
        private readonly ScoringSchema schema;
        private readonly DataViewRowCursor main;
        private readonly LookAhead? ahead;
        private readonly HashSet<int> active;
        private readonly ExpressionScoringTransformer parent;
        private readonly Scored scored;
        private bool isDisposed;

        public ScoredCursor(
            ScoringSchema schema, DataViewRowCursor main, LookAhead? ahead, DataViewSchema.Column[] needed,
            ExpressionScoringTransformer parent)
        {
            this.schema = schema;
            this.main = main;
            this.ahead = ahead;
            this.parent = parent;
            active = [.. needed.Select(c => c.Index)];
            scored = new Scored(parent.Steps.Keys);
        }

        public override long Position => main.Position;

        public override long Batch => main.Batch;

        public override DataViewSchema Schema => schema.Output;

        public override bool MoveNext()
        {
            if (!main.MoveNext()) return false;
            if (ahead is null) return true;
            if (!ahead.MoveNext(out Prediction? prediction, out Exception? exception))
                throw new InvalidOperationException("The view has fewer rows when it is read a second time.");
            scored.Set(parent.Result(prediction, exception, main.Position));
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column)) throw new InvalidOperationException($"The column '{column.Name}' was not asked for.");
            if (!schema.IsAdded(column)) return main.GetGetter<TValue>(schema.Input[column.Index]);
            return scored.Getter(column.Index == schema.Score, static () => { }) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' is {column.Type}, not {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => main.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !isDisposed)
            {
                ahead?.Dispose();
                main.Dispose();
            }
            isDisposed = true;
            base.Dispose(disposing);
        }
    }
}
