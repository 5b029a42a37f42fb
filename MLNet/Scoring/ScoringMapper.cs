using EmotionMLNet.MLNet.Pictures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.MLNet.Scoring;

/// <summary>Scores one row after another, as a PredictionEngine hands them over.</summary>
internal sealed class ScoringMapper(ExpressionScoringTransformer parent, DataViewSchema input, PictureColumn pictures) : IRowToRowMapper
{
    private readonly ScoringSchema schema = new(input, parent.Steps);

    public DataViewSchema InputSchema => schema.Input;

    public DataViewSchema OutputSchema => schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        DataViewSchema.Column[] wanted = [.. dependingColumns];
        IEnumerable<DataViewSchema.Column> passed = schema.Passed(wanted);
        return wanted.Any(schema.IsAdded) ? passed.Append(pictures.Column).DistinctBy(c => c.Index) : passed;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new ScoredRow(parent, schema, pictures, input, [.. activeColumns.Select(c => c.Index)]);

    private sealed class ScoredRow : DataViewRow
    {
        private readonly ExpressionScoringTransformer parent;
        private readonly ScoringSchema schema;
        private readonly DataViewRow input;
        private readonly HashSet<int> active;
        private readonly PictureGetter? getter;
        private readonly Picture picture;
        private readonly Scored scored;
        private long position = -1;

        public ScoredRow(
            ExpressionScoringTransformer parent, ScoringSchema schema, PictureColumn pictures, DataViewRow input, HashSet<int> active)
        {
            this.parent = parent;
            this.schema = schema;
            this.input = input;
            this.active = active;
            picture = new Picture(pictures.Kind);
            scored = new Scored(parent.Steps.Keys);
            if (active.Any(i => i >= schema.Input.Count)) getter = pictures.Getter(input);
        }

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => schema.Output;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!schema.IsAdded(column)) return input.GetGetter<TValue>(schema.Input[column.Index]);
            if (getter is null) throw new InvalidOperationException($"The column '{column.Name}' was not asked for.");
            return scored.Getter(column.Index == schema.Score, Update) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The column '{column.Name}' is {column.Type}, not {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing) input.Dispose();
            base.Dispose(disposing);
        }

        // Once a row, whichever column is read first.
        private void Update()
        {
            if (position == input.Position) return;
            getter!.Read(picture);
            scored.Set(Score());
            position = input.Position;
        }

        private Prediction? Score()
        {
            if (picture.IsMissing) return null;
            try
            {
                Prediction said = parent.Classifier.Classify(picture, Picture.AddTo, CancellationToken.None);
                return parent.Result(said, exception: null, input.Position);
            }
            catch (Exception e)
            {
                return parent.Result(null, e, input.Position);
            }
        }
    }
}
