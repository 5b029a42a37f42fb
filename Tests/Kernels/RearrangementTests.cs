using EmotionMLNet.Kernels;

namespace EmotionMLNet.Tests.Kernels;

public sealed class RearrangementTests
{
    [Fact]
    public void Transposed_matrices_of_all_sizes_have_rows_for_columns()
    {
        foreach (int rows in new[] { 1, 2, 15, 16, 17, 40 })
        {
            foreach (int columns in new[] { 1, 3, 16, 31, 33 })
            {
                using var team = new ThreadTeam(3);
                float[] from = [.. Enumerable.Range(0, 2 * rows * columns).Select(i => (float)i)], to = new float[from.Length];
                Rearrangement.Transpose(2, rows, columns, from, to, team);
                for (int i = 0; i < from.Length; i++)
                {
                    int n = i / (rows * columns), r = i / columns % rows, c = i % columns;
                    Assert.Equal(from[i], to[(n * columns + c) * rows + r]);
                }
            }
        }
    }

    [Fact]
    public void Columns_are_copied_and_their_neighbours_left_alone()
    {
        using var team = new ThreadTeam(2);
        float[] from = [.. Enumerable.Range(0, 21).Select(i => (float)i)], to = [.. Enumerable.Repeat(-1f, 15)];
        Rearrangement.CopyColumns(3, 2, from, 7, 4, to, 5, 1, team);
        Assert.Equal([-1, 4, 5, -1, -1, -1, 11, 12, -1, -1, -1, 18, 19, -1, -1], to);
    }
}
