namespace EmotionMLNet.Networks;

/// <summary>Who reads each value of a graph, found once: fusion, memory planning and fine-tuning all ask for it.</summary>
internal sealed class GraphReaders
{
    private readonly List<int>[] readers;

    /// <param name="count">Nodes of the graph, in topological order.</param>
    /// <param name="inputs">The nodes that a node reads; <see cref="Network.Input"/> is the graph's own input.</param>
    public GraphReaders(int count, Func<int, IReadOnlyList<int>> inputs)
    {
        readers = new List<int>[count + 1];
        for (int i = 0; i < readers.Length; i++) readers[i] = [];
        for (int i = 0; i < count; i++)
            foreach (int input in inputs(i)) readers[input - Network.Input].Add(i);
    }

    /// <summary>The nodes that read a node's output, in order; a node that reads it twice stands there twice.</summary>
    public IReadOnlyList<int> this[int node] => readers[node - Network.Input];

    /// <summary>The last node that reads a node's output; the node itself where nobody does.</summary>
    public int Last(int node) => this[node] is [.., int last] ? last : node;
}
